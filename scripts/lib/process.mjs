/** Child processes for the scripts of this folder: never through a shell, output passed on, failure as an exception. */
import { spawn } from 'node:child_process';
import { env as processEnv, platform } from 'node:process';

/**
 * The environment for a child, without what the npm that started us put there: `npm_config_local_prefix` and its
 * like would make a nested npm work in our folder instead of its own.
 */
export function cleanEnv(extra = {}) {
  const env = { ...processEnv };
  for (const name of Object.keys(env)) {
    if (
      /^npm_(config_local_prefix|config_global_prefix|config_prefix|package_|lifecycle_|command|execpath)/.test(
        name,
      )
    )
      delete env[name];
  }
  return { ...env, ...extra };
}

/**
 * npm and code are .cmd files on Windows, which Node starts only through cmd.exe. Every argument is quoted, and no path
 * on Windows can hold a quote.
 * @returns {[string, string[], object]} program, arguments, and options for spawn.
 */
export function command(name, args) {
  if (platform !== 'win32') return [name, args, {}];
  const line = [name, ...args].map((part) => `"${part}"`).join(' ');
  return ['cmd.exe', ['/d', '/s', '/c', `"${line}"`], { windowsVerbatimArguments: true }];
}

export function npm(args, options = {}) {
  const [program, programArgs, spawnOptions] = command('npm', args);
  return run(program, programArgs, { ...options, spawnOptions });
}

/**
 * Runs a program to its end and returns its output. `tee` (default true) also passes the output on as it comes.
 * Rejects when it cannot start or, unless `allowFailure`, when it exits with another status than 0.
 * @returns {Promise<{status: number, output: string}>}
 */
export function run(program, args, { cwd, env, tee = true, allowFailure = false, spawnOptions = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: env ?? cleanEnv(),
      stdio: ['ignore', 'pipe', 'pipe'],
      ...spawnOptions,
    });
    let output = '';
    for (const [stream, target] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        output += text;
        if (tee) target.write(text);
      });
    }
    child.on('error', (error) => reject(new Error(`Could not start ${program}: ${error.message}`)));
    child.on('close', (code, signal) => {
      const status = code ?? 1;
      if (status === 0 || allowFailure) return resolve({ status, output });
      const shown = tee ? '' : `\n${output.trim().split('\n').slice(-30).join('\n')}`;
      reject(
        new Error(
          `${program} ${args.join(' ')} ${signal ? `was ended by ${signal}` : `exited with status ${status}`}${shown}`,
        ),
      );
    });
  });
}

/** True when a program of that name can be run. */
export async function hasProgram(name, args = ['--version']) {
  try {
    const [program, programArgs, spawnOptions] = command(name, args);
    return (await run(program, programArgs, { tee: false, allowFailure: true, spawnOptions })).status === 0;
  } catch {
    return false;
  }
}

/** Ends a child that was started with `detached: true`, and all that it started. */
export function killTree(child, signal = 'SIGTERM') {
  if (child.pid === undefined) return;
  try {
    if (platform === 'win32') spawn('taskkill', ['/pid', String(child.pid), '/t', '/f']);
    else process.kill(-child.pid, signal);
  } catch {
    // It is gone already.
  }
}
