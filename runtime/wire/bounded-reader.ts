import type { Socket } from 'node:net';
import { AbstractMessageReader, type DataCallback, type Disposable, type Message } from 'vscode-jsonrpc';

/** The largest message by far is a document of 2 million UTF-16 units. */
const maxMessageBytes = 64 * 1024 * 1024;
const maxHeaderBytes = 1024;
const headerEnd = Buffer.from('\r\n\r\n');

/**
 * Reads the messages of a socket, each after a header `Content-Length: BYTES`, and closes the socket at the first thing
 * that is none: what is too large is not even gathered.
 */
export class BoundedReader extends AbstractMessageReader {
  private readonly chunks: Buffer[] = [];
  private gathered = 0;
  /** Bytes of the message whose header was read; undefined while a header is. */
  private expected: number | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly maxBytes = maxMessageBytes,
  ) {
    super();
  }

  listen(callback: DataCallback): Disposable {
    const onData = (chunk: Buffer) => {
      try {
        this.take(chunk, callback);
      } catch (error) {
        this.socket.off('data', onData).destroy();
        this.fireError(error);
      }
    };
    this.socket.on('data', onData);
    this.socket.on('error', (error) => this.fireError(error));
    this.socket.on('close', () => this.fireClose());
    this.socket.resume();
    return { dispose: () => void this.socket.off('data', onData) };
  }

  private take(chunk: Buffer, callback: DataCallback): void {
    this.chunks.push(chunk);
    this.gathered += chunk.length;
    for (;;) {
      this.expected ??= this.readHeader();
      if (this.expected === undefined || this.gathered < this.expected) return;
      const body = this.cut(this.expected, 0);
      this.expected = undefined;
      callback(parseMessage(body));
    }
  }

  private readHeader(): number | undefined {
    const bytes = this.join();
    const end = bytes.subarray(0, maxHeaderBytes).indexOf(headerEnd);
    if (end < 0) {
      if (bytes.length >= maxHeaderBytes) throw new Error('A header has no end.');
      return undefined;
    }
    const length = /^content-length: *(\d{1,10})$/im.exec(
      this.cut(end, headerEnd.length).toString('latin1').replaceAll('\r\n', '\n'),
    )?.[1];
    if (length === undefined) throw new Error('A header names no length.');
    if (Number(length) > this.maxBytes) throw new Error(`A message of ${length} bytes is too large.`);
    return Number(length);
  }

  /** Takes `length` bytes off the front, and drops `after` more. */
  private cut(length: number, after: number): Buffer {
    const bytes = this.join();
    const rest = bytes.subarray(length + after);
    this.chunks.splice(0, this.chunks.length, rest);
    this.gathered = rest.length;
    return bytes.subarray(0, length);
  }

  private join(): Buffer {
    const [only] = this.chunks;
    if (this.chunks.length === 1 && only) return only;
    const bytes = Buffer.concat(this.chunks);
    this.chunks.splice(0, this.chunks.length, bytes);
    return bytes;
  }
}

function parseMessage(body: Buffer): Message {
  const message = JSON.parse(body.toString('utf8')) as Partial<Message> | null;
  if (typeof message !== 'object' || message?.jsonrpc !== '2.0') throw new Error('A message is no JSON-RPC.');
  return message as Message;
}
