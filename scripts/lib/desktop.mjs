/** Opens Longview in the desktop's VS Code, with folders of its own so that the user's editor is left as it is. */
import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { env, getuid, platform } from 'node:process';
import { cleanEnv, command, hasProgram, run } from './process.mjs';

export async function hasDesktopEditor() {
  const display = platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  // In a remote terminal "code" only talks to the window at the other end, and knows no folders of its own.
  return display && !env.VSCODE_IPC_HOOK_CLI && (await hasProgram('code'));
}

/**
 * Installs `vsix` and opens `folder`.
 * @returns {Promise<{exited: Promise<void>, stop: () => Promise<void>}>}
 */
export async function openDesktopEditor({ vsix, folder, home }) {
  const userData = path.join(home, 'user-data');
  const own = ['--user-data-dir', userData, '--extensions-dir', path.join(home, 'extensions')];
  if (platform === 'linux' && getuid?.() === 0) own.push('--no-sandbox');
  await mkdir(userData, { recursive: true });
  await code([...own, '--install-extension', vsix, '--force']);

  const [program, args, options] = command('code', [...own, '--new-window', '--wait', folder]);
  const child = spawn(program, args, { ...options, env: editorEnv(), stdio: 'ignore' });
  const exited = new Promise((resolve) => child.on('exit', () => resolve()));
  return { exited, stop: () => stop(userData, child) };
}

async function code(args) {
  const [program, programArgs, spawnOptions] = command('code', args);
  await run(program, programArgs, { env: editorEnv(), spawnOptions, tee: false });
}

/** A terminal inside VS Code sets variables that would turn a second one into something else. */
function editorEnv() {
  return Object.fromEntries(
    Object.entries(cleanEnv()).filter(([name]) => !/^(VSCODE_|ELECTRON_)/.test(name)),
  );
}

/** `code` hands over to the editor's main process, which notes its id in its data folder. */
async function stop(userData, child) {
  const pid = Number(await readFile(path.join(userData, 'code.lock'), 'utf8').catch(() => ''));
  try {
    if (pid > 0) process.kill(pid);
  } catch {
    // It was closed before.
  }
  child.kill();
}
