/**
 * How a window and the engine prove to each other that they know the secret, without sending it:
 *
 *     engine  {"nonce": N}
 *     window  {"proof": HMAC(secret, "window" N), "nonce": M}
 *     engine  {"proof": HMAC(secret, "engine" M)}
 *
 * One JSON object per line; JSON-RPC follows.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { readLine } from './line';

type Side = 'window' | 'engine';

export function newSecret(): string {
  return randomBytes(32).toString('hex');
}

/**
 * @returns what tells the window that it is taken in: until then it takes nothing for granted
 * @throws when the window does not know the secret, or says anything but its proof
 */
export async function admit(socket: Socket, secret: string, timeoutMs: number): Promise<() => void> {
  const nonce = newSecret();
  send(socket, { nonce });
  const answer = parse(await readLine(socket, timeoutMs));
  // Whoever talks before it was let in is not one of ours.
  if (socket.readableLength > 0) throw new Error('More was sent than a proof.');
  check(secret, 'window', nonce, answer.proof);
  const { nonce: theirs } = answer;
  if (theirs === undefined) throw new Error('The nonce is missing.');
  return () => send(socket, { proof: prove(secret, 'engine', theirs) });
}

/** @throws when the other side is no engine, does not know the secret, or does not take this side in */
export async function introduce(socket: Socket, secret: string, timeoutMs: number): Promise<void> {
  const challenge = parse(await readLine(socket, timeoutMs));
  if (challenge.nonce === undefined) throw new Error('The nonce is missing.');
  const nonce = newSecret();
  send(socket, { proof: prove(secret, 'window', challenge.nonce), nonce });
  check(secret, 'engine', nonce, parse(await readLine(socket, timeoutMs)).proof);
}

function prove(secret: string, side: Side, nonce: string): string {
  return createHmac('sha256', secret).update(`${side} ${nonce}`).digest('hex');
}

function check(secret: string, side: Side, nonce: string, proof: string | undefined): void {
  const expected = Buffer.from(prove(secret, side, nonce));
  const given = Buffer.from(proof ?? '');
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new Error(`The ${side} does not know the secret.`);
}

function send(socket: Socket, line: Record<string, string>): void {
  socket.write(`${JSON.stringify(line)}\n`);
}

function parse(line: string): { proof?: string; nonce?: string } {
  const { proof, nonce } = (JSON.parse(line) ?? {}) as Record<string, unknown>;
  return {
    ...(typeof proof === 'string' && { proof }),
    ...(typeof nonce === 'string' && { nonce }),
  };
}
