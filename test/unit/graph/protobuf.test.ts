import { expect, test } from 'vitest';
import { ProtobufWriter } from '../../../runtime/graph/protobuf';

const hex = (writer: ProtobufWriter) => Buffer.from(writer.finish()).toString('hex');

// Expected bytes are those of the format's own documentation, or worked out by hand from it.
test.each([
  ['the documented example', new ProtobufWriter().integer(1, 150), '089601'],
  ['a string', new ProtobufWriter().string(2, 'testing'), '120774657374696e67'],
  ['a message inside', new ProtobufWriter().message(3, new ProtobufWriter().integer(1, 150)), '1a03089601'],
  ['a field number beyond 15', new ProtobufWriter().integer(20, 1), 'a00101'],
  ['a negative number', new ProtobufWriter().integer(1, -1), '08ffffffffffffffffff01'],
  ['a number beyond 32 bits', new ProtobufWriter().integer(1, 2 ** 40), '08808080808020'],
  ['a float', new ProtobufWriter().float(2, 1), '150000803f'],
  ['nothing', new ProtobufWriter(), ''],
])('%s', (_, writer, expected) => {
  expect(hex(writer)).toBe(expected);
});
