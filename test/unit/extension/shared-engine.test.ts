import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineClient } from '../../../extension/engine/engine-client';
import { ClearData, DocumentOpened, IndexFiles } from '../../../runtime/protocol/methods';
import { introduce } from '../../../runtime/wire/handshake';
import { meetingPoint, type Address } from '../../../runtime/wire/meeting-point';
import { bundleProgram, type Program } from '../fakes/bundle';
import { WindowProcess, isAlive, openWindow, reached, type WindowOptions } from './windows';

const windows: EngineClient[] = [];
const processes: WindowProcess[] = [];
const sockets: Socket[] = [];
let engine: Program;
let window: Program;
let dataFolder: string;

async function open(options: Partial<WindowOptions> = {}): Promise<EngineClient> {
  const made = openWindow({ modulePath: engine.path, dataFolder, ...options });
  windows.push(made);
  await made.setAllowed(true);
  return made;
}

async function opened(options: Partial<WindowOptions> = {}): Promise<EngineClient> {
  const made = await open(options);
  await made.ensureStarted();
  return made;
}

function openProcess(): WindowProcess {
  const made = WindowProcess.open(window.path, { modulePath: engine.path, dataFolder });
  processes.push(made);
  return made;
}

const point = () => meetingPoint(dataFolder, 'test', engine.path);
const address = () => JSON.parse(readFileSync(point().address, 'utf8')) as Address;
const gone = (pid: number) => expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);

/** Engines that run for this data folder, by their command lines. */
function enginePids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return command.includes(`--meet\0${dataFolder}`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

beforeAll(async () => {
  [engine, window] = await Promise.all([
    bundleProgram('test/unit/extension/small-engine.ts'),
    bundleProgram('test/unit/extension/window-process.ts'),
  ]);
});

afterAll(() => {
  engine.remove();
  window.remove();
});

beforeEach(() => {
  dataFolder = mkdtempSync(path.join(tmpdir(), 'longview-shared-'));
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(processes.splice(0).map((made) => made.kill()));
  await Promise.all(windows.splice(0).map((made) => made.setAllowed(false)));
  rmSync(dataFolder, { recursive: true, force: true });
});

describe('windows of one user', () => {
  it('share one engine, and none sees the documents of another', async () => {
    const [first, second, third] = [await opened(), await opened(), await opened()];
    expect(second.pid).toBe(first.pid);
    expect(third.pid).toBe(first.pid);
    first.notify(DocumentOpened, {
      uri: 'file:///a.ts',
      displayPath: 'a.ts',
      languageId: 'typescript',
      version: 1,
      text: '',
    });
    expect(await first.request(IndexFiles, undefined)).toHaveLength(1);
    expect(await second.request(IndexFiles, undefined)).toEqual([]);
    expect((await third.request(ClearData, undefined)).bytesFreed).toBe(3);
  });

  it.runIf(process.platform === 'linux')('end up at one engine, however many start at once', async () => {
    for (let round = 0; round < 4; round++) {
      const many = await Promise.all([1, 2, 3, 4, 5].map(() => open()));
      const others = [openProcess(), openProcess()];
      await Promise.all(many.map((made) => made.ensureStarted()));
      const pids = [...many.map(({ pid }) => pid), ...(await Promise.all(others.map((o) => o.enginePid)))];
      expect(new Set(pids).size).toBe(1);
      // Those that were not needed have ended by themselves.
      await expect.poll(enginePids).toEqual([pids[0]]);
      await Promise.all(others.map((other) => other.kill()));
      await Promise.all(many.map((made) => made.setAllowed(false)));
      await gone(pids[0]!);
    }
  });

  it('may ask the engine of others where they may have none, and start none for it', async () => {
    const outside = openWindow({ modulePath: engine.path, dataFolder });
    expect(await outside.askOthers(ClearData)).toBeUndefined();
    const inside = await opened();
    expect(await outside.askOthers(ClearData)).toEqual({ bytesFreed: 2 });
    expect(outside.state.kind).toBe('stopped');
    expect(await inside.request(IndexFiles, undefined)).toEqual([]);
  });

  it('do not share across versions or data folders', async () => {
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'longview-shared-'));
    const [one, newer, other] = [
      await opened(),
      await opened({ version: 'newer' }),
      await opened({ dataFolder: elsewhere }),
    ];
    expect(new Set([one.pid, newer.pid, other.pid]).size).toBe(3);
    await other.setAllowed(false);
    rmSync(elsewhere, { recursive: true });
  });
});

describe('a window that goes', () => {
  it('hard, even the one that started the engine, leaves the others at work', async () => {
    const starter = openProcess();
    const pid = await starter.enginePid;
    const [second, third] = [await opened(), await opened()];
    expect([second.pid, third.pid]).toEqual([pid, pid]);
    await starter.kill();
    expect(await second.request(IndexFiles, undefined)).toEqual([]);
    await expect.poll(async () => (await third.request(ClearData, undefined)).bytesFreed).toBe(2);
    expect(isAlive(pid)).toBe(true);
  });

  it('is not missed while others are there; the last one that switches off takes the engine with it', async () => {
    const [first, second] = [await opened(), await opened()];
    const pid = first.pid!;
    await first.setAllowed(false);
    await sleep(500);
    expect(isAlive(pid)).toBe(true);
    expect(await second.request(IndexFiles, undefined)).toEqual([]);
    await second.setAllowed(false);
    expect(isAlive(pid)).toBe(false);
    expect(readdirSync(path.join(dataFolder, 'engine')).filter((name) => /sock|json/.test(name))).toEqual([]);
  });

  it('and is loaded anew finds the engine that it left', async () => {
    const before = await opened();
    const pid = before.pid!;
    await before.dispose();
    const after = await opened();
    expect(after.pid).toBe(pid);
  });

  it('and does not come back, or is killed, lets the engine end soon after', async () => {
    const closed = await opened();
    const first = closed.pid!;
    await closed.dispose();
    await gone(first);
    const killed = openProcess();
    const second = await killed.enginePid;
    await killed.kill();
    await gone(second);
  });
});

describe('an engine that goes', () => {
  it('hard, is noticed by all, started again once, and told again what it must know', async () => {
    const all = [await opened(), await opened(), await opened()];
    for (const [n, made] of all.entries()) {
      made.onConnected(() =>
        made.notify(DocumentOpened, {
          uri: `file:///${n}.ts`,
          displayPath: `${n}.ts`,
          languageId: 'typescript',
          version: 1,
          text: '',
        }),
      );
    }
    const pid = all[0]!.pid!;
    const noticed = all.map((made) => reached(made, 'restarting'));
    process.kill(pid, 'SIGKILL');
    expect((await Promise.all(noticed)).map((state) => 'crashes' in state && state.crashes)).toEqual([
      1, 1, 1,
    ]);
    const files = await Promise.all(all.map((made) => made.request(IndexFiles, undefined)));
    expect(files.map((list) => list.map(({ displayPath }) => displayPath))).toEqual([
      ['file:///0.ts'],
      ['file:///1.ts'],
      ['file:///2.ts'],
    ]);
    const pids = new Set(all.map((made) => made.pid));
    expect(pids.size).toBe(1);
    expect(pids).not.toContain(pid);
  });

  it('because one window restarts it, is started again for all, and none of them calls it a crash', async () => {
    const [first, second] = [await opened(), await opened()];
    const pid = first.pid!;
    const kinds: string[] = [];
    second.onState(({ kind }) => kinds.push(kind));
    await first.restart();
    expect(isAlive(pid)).toBe(false);
    await reached(second, 'running');
    expect(second.pid).toBe(first.pid);
    expect(kinds).not.toContain('restarting');
    expect(await second.request(IndexFiles, undefined)).toEqual([]);
  });

  it('hard, leaves a socket and an address behind, which the next one replaces', async () => {
    const one = openProcess();
    const pid = await one.enginePid;
    process.kill(pid, 'SIGSTOP');
    await one.kill();
    process.kill(pid, 'SIGKILL');
    await gone(pid);
    expect(statSync(address().socket).isSocket()).toBe(true);
    const next = await opened();
    expect(next.pid).not.toBe(pid);
    expect(address().pid).toBe(next.pid);
  });

  it('is waited for while it is about to end', async () => {
    const last = await opened();
    const pid = last.pid!;
    const [, next] = await Promise.all([last.setAllowed(false), opened()]);
    expect(await next.request(IndexFiles, undefined)).toEqual([]);
    expect(isAlive(next.pid!)).toBe(true);
    if (next.pid !== pid) await gone(pid);
  });
});

describe('the door of the engine', () => {
  /** What becomes of a connection that says this: all that it was answered, once it is cut off. */
  async function cutOff(say: (socket: Socket) => void): Promise<string> {
    const socket = connect(address().socket);
    sockets.push(socket);
    let heard = '';
    socket.on('error', () => undefined).on('data', (chunk: Buffer) => (heard += chunk.toString()));
    await new Promise((resolve) => socket.once('connect', resolve));
    say(socket);
    await new Promise((resolve) => socket.once('close', resolve));
    return heard;
  }

  async function admitted(): Promise<Socket> {
    const socket = connect(address().socket);
    sockets.push(socket);
    await introduce(socket, address().secret, 1_000);
    return socket.on('error', () => undefined);
  }

  const framed = (body: string) => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

  it.runIf(process.platform !== 'win32')('is the owner’s alone', async () => {
    await opened();
    const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);
    const { address: published, errors, lock } = point();
    expect(mode(path.dirname(published))).toBe('700');
    for (const file of [published, errors, lock, address().socket])
      expect([file, mode(file)]).toEqual([file, '600']);
  });

  it.runIf(process.platform !== 'win32')('lies elsewhere where its path would be too long', async () => {
    dataFolder = mkdtempSync(path.join(dataFolder, `${'long'.repeat(30)}-`));
    const one = await opened();
    const { socket } = address();
    expect(socket.startsWith(dataFolder)).toBe(false);
    expect((statSync(path.dirname(socket)).mode & 0o777).toString(8)).toBe('700');
    expect((await opened()).pid).toBe(one.pid);
  });

  it('stays shut for who does not know the secret', async () => {
    const inside = await opened();
    const { socket: name } = address();
    const socket = connect(name);
    sockets.push(socket);
    await expect(introduce(socket, 'f'.repeat(64), 1_000)).rejects.toThrow();
    expect(await inside.request(IndexFiles, undefined)).toEqual([]);
  });

  it('stays shut for who talks before being let in', async () => {
    const inside = await opened();
    const initialize = framed('{"jsonrpc":"2.0","id":1,"method":"index/files"}');
    for (const noise of [
      initialize,
      '\n',
      '{}\n',
      'null\n',
      '{"proof":"00","nonce":"1"}\n',
      'x'.repeat(100_000),
    ]) {
      expect(await cutOff((socket) => socket.write(noise))).not.toContain('jsonrpc');
    }
    expect(await inside.request(IndexFiles, undefined)).toEqual([]);
  });

  it('is closed behind who sends garbage, and nobody else is harmed', async () => {
    const inside = await opened();
    for (const garbage of [
      'GET / HTTP/1.1\r\n\r\n',
      'x'.repeat(5_000),
      `Content-Length: ${2 ** 31}\r\n\r\n`,
      framed('null'),
      framed('[1, 2]'),
      framed('{"jsonrpc":"2.0",'),
      framed('{"jsonrpc":"2.0","method":"$/cancelRequest"}'),
    ]) {
      const socket = await admitted();
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.resume().write(garbage);
      await closed;
    }
    expect(await inside.request(IndexFiles, undefined)).toEqual([]);
  });

  it('survives well-formed nonsense', async () => {
    const inside = await opened();
    const socket = await admitted();
    socket.resume();
    for (const message of [
      {},
      { method: 5 },
      { method: 'initialize', id: 1 },
      { method: 'initialize', id: 2, params: [1, 2, 3] },
      { method: 'document/opened' },
      { method: 'document/changed', params: null },
      { method: 'completion/request', id: {}, params: 'x' },
      { id: 7, result: {} },
      { method: '$/progress', params: 3 },
    ])
      socket.write(framed(JSON.stringify({ jsonrpc: '2.0', ...message })));
    await sleep(200);
    expect(await inside.request(IndexFiles, undefined)).toEqual([]);
  });
});
