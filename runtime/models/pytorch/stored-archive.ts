import type { WeightsSource } from '../weights-source';

/** Bytes of the file that an entry of the archive consists of. */
export interface Place {
  start: number;
  length: number;
}

const endSignature = 0x06054b50;
const end64LocatorSignature = 0x07064b50;
const end64Signature = 0x06064b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;
const endLength = 22;
const longestComment = 0xffff;
const largestDirectory = 100_000_000;

/** Says that the number stands in the entry's zip64 field instead. */
const beyond32 = 0xffffffff;

/**
 * Where the entries of a zip archive lie whose entries are stored as they are, as PyTorch writes it (APPNOTE.TXT
 * 4.3-4.5, zip64 included). Nothing is unpacked; what no such archive has, compression and encryption, is refused.
 * @throws UserError where the archive is damaged, or two entries share bytes
 */
export function readStoredArchive(source: WeightsSource): Map<string, Place> {
  const directory = findDirectory(source);
  const view = new DataView(source.read(directory.start, directory.length).buffer);
  const places = new Map<string, Place>();
  let at = 0;
  for (let n = 0; n < directory.count; n++) {
    const entry = readEntry(view, at, source);
    if (places.has(entry.name)) throw source.damaged(`its archive holds "${entry.name}" twice`);
    places.set(entry.name, dataPlace(entry, directory.start, source));
    at = entry.next;
  }
  refuseOverlaps(places, source);
  return places;
}

interface Directory extends Place {
  count: number;
}

function findDirectory(source: WeightsSource): Directory {
  const { size } = source;
  const tail = Math.min(size, endLength + longestComment);
  const view = new DataView(source.read(size - tail, tail).buffer);
  let at = tail - endLength;
  while (at >= 0 && view.getUint32(at, true) !== endSignature) at--;
  if (at < 0)
    throw source.damaged('it is no zip archive or is cut short (PyTorch before 1.6 wrote another format)');
  const endAt = size - tail + at;
  const directory = largeDirectory(source, endAt) ?? {
    count: view.getUint16(at + 10, true),
    length: view.getUint32(at + 12, true),
    start: view.getUint32(at + 16, true),
  };
  if (directory.length > largestDirectory || directory.start + directory.length > endAt)
    throw source.damaged('the directory of its archive does not fit into the file');
  return directory;
}

/** The directory's place by the zip64 records, where the archive has any. */
function largeDirectory(source: WeightsSource, endAt: number): Directory | undefined {
  if (endAt < 20) return undefined;
  const locator = new DataView(source.read(endAt - 20, 20).buffer);
  if (locator.getUint32(0, true) !== end64LocatorSignature) return undefined;
  const at = safe(locator.getBigUint64(8, true), source);
  if (at + 56 > endAt) throw source.damaged('its zip64 record lies beyond the end');
  const record = new DataView(source.read(at, 56).buffer);
  if (record.getUint32(0, true) !== end64Signature) throw source.damaged('it has no zip64 record');
  return {
    count: safe(record.getBigUint64(32, true), source),
    length: safe(record.getBigUint64(40, true), source),
    start: safe(record.getBigUint64(48, true), source),
  };
}

interface Entry {
  name: string;
  size: number;
  localHeader: number;
  next: number;
}

function readEntry(view: DataView, at: number, source: WeightsSource): Entry {
  const fits = (length: number) => {
    if (at + length > view.byteLength) throw source.damaged('the directory of its archive is cut short');
  };
  fits(46);
  if (view.getUint32(at, true) !== entrySignature)
    throw source.damaged('the directory of its archive holds something else than entries');
  const nameLength = view.getUint16(at + 28, true);
  const extraLength = view.getUint16(at + 30, true);
  const length = 46 + nameLength + extraLength + view.getUint16(at + 32, true);
  fits(length);
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, at + 46, nameLength));
  const label = `the entry ${JSON.stringify(name.slice(0, 100))} of its archive`;
  if (name.startsWith('/') || /\\|\0|^[A-Za-z]:|(^|\/)\.\.(\/|$)/.test(name))
    throw source.damaged(`${label} has a path that leads elsewhere`);
  if (view.getUint16(at + 8, true) & 1) throw source.damaged(`${label} is encrypted`);
  if (view.getUint16(at + 10, true) !== 0)
    throw source.damaged(`${label} is compressed, which PyTorch never does`);

  const large = zip64Numbers(view, at + 46 + nameLength, extraLength);
  const number = (value: number) => {
    if (value !== beyond32) return value;
    const found = large.shift();
    if (found === undefined) throw source.damaged(`${label} lacks its zip64 sizes`);
    return safe(found, source);
  };
  // In this order the zip64 field holds those numbers that do not fit into 32 bits.
  const size = number(view.getUint32(at + 24, true));
  const stored = number(view.getUint32(at + 20, true));
  const localHeader = number(view.getUint32(at + 42, true));
  if (stored !== size) throw source.damaged(`${label} has two sizes, ${size} and ${stored}`);
  return { name, size, localHeader, next: at + length };
}

function zip64Numbers(view: DataView, start: number, length: number): bigint[] {
  for (let at = start; at + 4 <= start + length;) {
    const size = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1 && at + 4 + size <= start + length)
      return Array.from({ length: Math.floor(size / 8) }, (_, i) => view.getBigUint64(at + 4 + 8 * i, true));
    at += 4 + size;
  }
  return [];
}

function dataPlace(entry: Entry, end: number, source: WeightsSource): Place {
  const { name, size, localHeader } = entry;
  const outside = () =>
    source.damaged(`the entry ${JSON.stringify(name.slice(0, 100))} reaches beyond its archive`);
  if (localHeader + 30 > end) throw outside();
  const header = new DataView(source.read(localHeader, 30).buffer);
  if (header.getUint32(0, true) !== localSignature) throw outside();
  const start = localHeader + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (start + size > end) throw outside();
  return { start, length: size };
}

function refuseOverlaps(places: ReadonlyMap<string, Place>, source: WeightsSource): void {
  const ordered = [...places]
    .filter(([, { length }]) => length > 0)
    .sort(([, a], [, b]) => a.start - b.start);
  for (let i = 1; i < ordered.length; i++) {
    const [before, { start, length }] = ordered[i - 1]!;
    if (ordered[i]![1].start < start + length)
      throw source.damaged(`the entries "${before}" and "${ordered[i]![0]}" of its archive overlap`);
  }
}

function safe(value: bigint, source: WeightsSource): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw source.damaged(`its archive names the size ${value}`);
  return Number(value);
}
