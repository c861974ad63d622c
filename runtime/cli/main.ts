/** `longview`: the three jobs, diagnostics and measurements, without an editor. */
import { UserError, isCancelled, messageOf } from '../protocol/errors';
import { commands, type Command } from './commands';
import { note, print } from './output';

const exitCodes = { ok: 0, failed: 1, usage: 2, cancelled: 130 };

async function main(argv: readonly string[]): Promise<number> {
  const found = findCommand(argv);
  if (!found) {
    const asked = argv.length === 0 || ['help', '--help', '-h'].includes(argv[0]!);
    (asked ? print : note)(asked ? overview() : `There is no command "${argv[0]}".\n\n${overview()}`);
    return asked ? exitCodes.ok : exitCodes.usage;
  }
  const { command, rest } = found;
  if (rest.includes('--help') || rest.includes('-h')) {
    print(`longview ${command.usage}\n\n${command.summary}\n${command.details ?? ''}`);
    return exitCodes.ok;
  }
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  try {
    await command.run(rest, abort.signal);
    return exitCodes.ok;
  } catch (error) {
    if (isCancelled(error)) return exitCodes.cancelled;
    if (isUsage(error)) {
      note(`${messageOf(error)}\n\nUsage: longview ${command.usage}`);
      return exitCodes.usage;
    }
    note(error instanceof UserError ? `longview: ${error.message}` : String((error as Error).stack ?? error));
    return exitCodes.failed;
  }
}

/** The longest name that the arguments begin with: `eval holes` before `eval`. */
function findCommand(argv: readonly string[]): { command: Command; rest: string[] } | undefined {
  for (const words of [2, 1]) {
    const command = commands.find(({ name }) => name === argv.slice(0, words).join(' '));
    if (command) return { command, rest: argv.slice(words) };
  }
  return undefined;
}

function overview(): string {
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  const lines = commands.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`);
  return [
    'Longview: local, long-context code assistance.',
    '',
    ...lines,
    '',
    'Common options: --model NAME|FOLDER, --threads N, --data FOLDER, --json, --help',
  ].join('\n');
}

function isUsage(error: unknown): boolean {
  return (
    error instanceof Error &&
    ('code' in error ? String(error.code).startsWith('ERR_PARSE_ARGS') : error.name === 'UsageError')
  );
}

void main(process.argv.slice(2)).then((code) => {
  // Streams may hold output that a pipe has not taken yet; leaving by itself lets them drain.
  process.exitCode = code;
});
