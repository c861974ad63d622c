import { PickleError } from './pickle-error';
import { call, find, storage } from './pickle-globals';
import type { PickleValue } from './pickle-values';

/** Stands on the stack where a tuple, a list or the items of a dictionary begin. */
const mark = Symbol('mark');
type Slot = PickleValue | typeof mark;

/**
 * Reads the pickle that PyTorch writes of tensors (protocol 2; opcodes of Python's pickletools). A pickle is a program
 * that may call anything: this one knows dictionaries, lists, numbers, texts and the functions that put a tensor
 * together, and refuses every other opcode or name before it does anything.
 * @throws PickleError
 */
export function readPickle(bytes: Uint8Array): PickleValue {
  return new PickleReader(bytes).read();
}

class PickleReader {
  private readonly view: DataView;
  private at = 0;
  private readonly stack: Slot[] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): PickleValue {
    for (;;) {
      const opcode = this.view.getUint8(this.take(1));
      if (opcode === stop) break;
      if (!Object.hasOwn(opcodes, opcode))
        throw new PickleError(`opcode 0x${opcode.toString(16).padStart(2, '0')} at byte ${this.at - 1}`);
      opcodes[opcode]!(this);
    }
    const value = this.pop();
    if (this.stack.length > 0) throw new PickleError('values that are left over');
    return value;
  }

  /** Where the next `length` bytes begin. */
  take(length: number): number {
    const start = this.at;
    if (start + length > this.bytes.length) throw new PickleError('an end before its time');
    this.at += length;
    return start;
  }

  uint8 = () => this.view.getUint8(this.take(1));
  uint16 = () => this.view.getUint16(this.take(2), true);
  int32 = () => this.view.getInt32(this.take(4), true);
  uint32 = () => this.view.getUint32(this.take(4), true);
  float64 = () => this.view.getFloat64(this.take(8), false);

  /** A whole number of any length, least byte first, two's complement. */
  long(): number {
    const length = this.uint8();
    const start = this.take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[start + i]!);
    value = BigInt.asIntN(8 * length, value);
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new PickleError(`the number ${value}`);
    return number;
  }

  text(length: number): string {
    const start = this.take(length);
    return new TextDecoder().decode(this.bytes.subarray(start, start + length));
  }

  /** Up to the end of the line. */
  line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) throw new PickleError('an end before its time');
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  mark(): void {
    this.stack.push(mark);
  }

  pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined || value === mark) throw new PickleError('a value that is not there');
    return value;
  }

  /** What was put on the stack since the last mark. */
  popToMark(): PickleValue[] {
    const at = this.stack.lastIndexOf(mark);
    if (at < 0) throw new PickleError('a mark that is not there');
    const values = this.stack.splice(at) as [typeof mark, ...PickleValue[]];
    return values.slice(1) as PickleValue[];
  }

  popSeveral(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  top(): PickleValue {
    const value = this.stack.at(-1);
    if (value === undefined || value === mark) throw new PickleError('a value that is not there');
    return value;
  }

  remember(key: number): void {
    this.memo.set(key, this.top());
  }

  recall(key: number): void {
    const value = this.memo.get(key);
    if (value === undefined) throw new PickleError('a value that was never put down');
    this.push(value);
  }

  setItems(items: readonly PickleValue[]): void {
    const target = this.top();
    if (!(target instanceof Map) || items.length % 2 !== 0) throw new PickleError('items of no dictionary');
    for (let i = 0; i < items.length; i += 2) target.set(items[i]!, items[i + 1]!);
  }

  append(items: readonly PickleValue[]): void {
    const target = this.top();
    if (!Array.isArray(target)) throw new PickleError('items of no list');
    for (const item of items) target.push(item);
  }
}

const stop = 0x2e;

const opcodes: Readonly<Record<number, (pickle: PickleReader) => void>> = {
  // PROTO
  0x80: (p) => {
    const version = p.uint8();
    if (version !== 2) throw new PickleError(`protocol ${version}, where PyTorch writes 2`);
  },
  // NONE, NEWTRUE, NEWFALSE
  0x4e: (p) => p.push(null),
  0x88: (p) => p.push(true),
  0x89: (p) => p.push(false),
  // BININT, BININT1, BININT2, LONG1, BINFLOAT
  0x4a: (p) => p.push(p.int32()),
  0x4b: (p) => p.push(p.uint8()),
  0x4d: (p) => p.push(p.uint16()),
  0x8a: (p) => p.push(p.long()),
  0x47: (p) => p.push(p.float64()),
  // BINUNICODE
  0x58: (p) => p.push(p.text(p.uint32())),
  // MARK
  0x28: (p) => p.mark(),
  // EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3
  0x29: (p) => p.push([]),
  0x74: (p) => p.push(p.popToMark()),
  0x85: (p) => p.push(p.popSeveral(1)),
  0x86: (p) => p.push(p.popSeveral(2)),
  0x87: (p) => p.push(p.popSeveral(3)),
  // EMPTY_LIST, APPEND, APPENDS
  0x5d: (p) => p.push([]),
  0x61: (p) => p.append([p.pop()]),
  0x65: (p) => p.append(p.popToMark()),
  // EMPTY_DICT, SETITEM, SETITEMS
  0x7d: (p) => p.push(new Map()),
  0x73: (p) => p.setItems(p.popSeveral(2)),
  0x75: (p) => p.setItems(p.popToMark()),
  // BINPUT, LONG_BINPUT, BINGET, LONG_BINGET
  0x71: (p) => p.remember(p.uint8()),
  0x72: (p) => p.remember(p.uint32()),
  0x68: (p) => p.recall(p.uint8()),
  0x6a: (p) => p.recall(p.uint32()),
  // GLOBAL, BINPERSID, REDUCE
  0x63: (p) => p.push(find(p.line(), p.line())),
  0x51: (p) => p.push(storage(p.pop())),
  0x52: (p) => {
    const [callee, args] = p.popSeveral(2);
    p.push(call(callee!, args!));
  },
  // BUILD: what a state dictionary says of its modules, which tensors do not need.
  0x62: (p) => {
    const [target] = p.popSeveral(2);
    if (!(target instanceof Map)) throw new PickleError('attributes of something that has none');
    p.push(target);
  },
};
