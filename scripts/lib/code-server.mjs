/** Starts and stops the browser editor. */
import { spawn } from 'node:child_process';
import { mkdir, open, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { env } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { killTree, run } from './process.mjs';

/** @returns {Promise<number>} `preferred` where it is free on this machine, else one that is. */
export function freePort(preferred = 0) {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on('error', (error) => (preferred === 0 ? reject(error) : resolve(freePort())));
    probe.listen(preferred, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function commonArguments({ userData, extensions }) {
  // Without a config file of its own, code-server writes one with a random password into the user's home.
  return [
    '--config',
    path.join(userData, 'config.yaml'),
    '--user-data-dir',
    userData,
    '--extensions-dir',
    extensions,
  ];
}

async function prepare({ userData, extensions }) {
  await mkdir(path.join(userData, 'User'), { recursive: true });
  await mkdir(extensions, { recursive: true });
  await writeFile(path.join(userData, 'config.yaml'), '');
}

/** Its own home: the user's files of another code-server are neither read nor written. */
function serverEnv({ userData }) {
  return { PATH: env.PATH, HOME: userData, LANG: 'C.UTF-8', TMPDIR: env.TMPDIR ?? '/tmp' };
}

/** Installs a packaged extension into `folders.extensions`. */
export async function installExtension(editor, folders, vsix) {
  await prepare(folders);
  const args = [editor.entry, ...commonArguments(folders), '--install-extension', vsix, '--force'];
  await run(editor.node, args, { env: serverEnv(folders), tee: false });
}

/**
 * Starts the server on 127.0.0.1.
 * @param editor program and script from ensureEditor.
 * @param folders userData, extensions.
 * @param options workspaceTrust: leave it to the editor's settings whether folders have to be trusted.
 * @returns {Promise<{url: string, port: number, pid: number, stop: () => Promise<void>, exited: Promise<void>}>}
 */
export async function startServer(editor, folders, { port, logFile, args = [], workspaceTrust = false }) {
  await prepare(folders);
  const log = await open(logFile, 'w');
  const flags = [
    '--auth',
    'none',
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-getting-started-override',
    '--disable-proxy',
    '--ignore-last-opened',
    ...(workspaceTrust ? [] : ['--disable-workspace-trust']),
  ];
  const child = spawn(
    editor.node,
    [editor.entry, ...commonArguments(folders), '--bind-addr', `127.0.0.1:${port}`, ...flags, ...args],
    {
      env: serverEnv(folders),
      stdio: ['ignore', log.fd, log.fd],
      // A process group of its own, so that it can be ended with all that it starts.
      detached: true,
    },
  );
  const exited = new Promise((resolve) => child.on('exit', () => resolve()));
  await log.close();
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilHealthy(`${url}/healthz`, child, logFile);
  } catch (error) {
    killTree(child, 'SIGKILL');
    throw error;
  }
  return { url, port, pid: child.pid, exited, stop: () => stop(child, exited) };
}

async function stop(child, exited) {
  killTree(child);
  await Promise.race([exited, delay(5000)]);
  killTree(child, 'SIGKILL');
}

async function untilHealthy(url, child, logFile) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) throw new Error(`The editor's server ended at once; its log is ${logFile}.`);
    const answered = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await delay(100);
  }
  throw new Error(`The editor's server did not answer within 30 s; its log is ${logFile}.`);
}
