import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Message } from 'vscode-jsonrpc';
import { BoundedReader } from '../../../runtime/wire/bounded-reader';

const frame = (body: string) => Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
const message = (id: number, text = '') =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'm', params: { text } });

/** What a reader makes of these chunks. */
function read(
  chunks: Buffer[],
  maxBytes?: number,
): { messages: Message[]; error?: Error; destroyed: boolean } {
  const socket = new Socket();
  const messages: Message[] = [];
  let error: Error | undefined;
  const reader = new BoundedReader(socket, maxBytes);
  reader.onError((reason) => (error = reason));
  reader.listen((read) => messages.push(read));
  for (const chunk of chunks) socket.emit('data', chunk);
  return { messages, error, destroyed: socket.destroyed };
}

describe('BoundedReader', () => {
  it('reads messages however they are cut into chunks', () => {
    const bytes = Buffer.concat([frame(message(1)), frame(message(2, 'ü€😀')), frame(message(3))]);
    for (const size of [1, 2, 3, 7, 50, bytes.length]) {
      const chunks = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      const { messages, destroyed } = read(chunks);
      expect(messages).toEqual(
        [1, 2, 3].map((id) => JSON.parse(message(id, id === 2 ? 'ü€😀' : '')) as Message),
      );
      expect(destroyed).toBe(false);
    }
  });

  it('takes other headers beside the length', () => {
    const body = message(1);
    const header = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    expect(read([Buffer.from(header + body)]).messages).toHaveLength(1);
  });

  it('closes the socket at what is too large, before it is there', () => {
    const { messages, error, destroyed } = read(
      [frame(message(1)), Buffer.from('Content-Length: 501\r\n\r\n')],
      500,
    );
    expect(messages).toHaveLength(1);
    expect(error?.message).toBe('A message of 501 bytes is too large.');
    expect(destroyed).toBe(true);
  });

  it.each([
    ['no header', Buffer.from('x'.repeat(1024))],
    ['no length', Buffer.from('Content-Type: x\r\n\r\n')],
    ['a length that is no number', Buffer.from('Content-Length: -1\r\n\r\n')],
    ['no JSON', frame('{')],
    ['null', frame('null')],
    ['another protocol', frame('{"jsonrpc":"1.0"}')],
  ])('closes the socket at %s', (_, bytes) => {
    const { messages, error, destroyed } = read([bytes, frame(message(1))]);
    expect(messages).toEqual([]);
    expect(error).toBeInstanceOf(Error);
    expect(destroyed).toBe(true);
  });
});
