/** Which half of a model that runs on the CPU and on a device reads next, and how much of it. */
import { blocks } from '../graph/blocks';
import type { StateLayout } from '../graph/states';
import { elementCount } from '../graph/stored-tensors';
import { stateShapes } from './device-layout';

/** From so many tokens on it pays to take a state to the device and back: such runs have a graph of their own there. */
export const longReading = blocks.shortest;
/** Fewer are read where the state ends up in any case, on the CPU. */
const fewestOnDevice = 64;
/** A state crosses as one tensor; not every adapter takes larger ones, and attention over everything keeps that much. */
const mostCrossing = 2 ** 29;

/** What is read into a state. */
export interface Reading {
  /** Tokens still to be read. */
  left: number;
  /** Tokens of the state. */
  length: number;
  /** Its newest copy is there. */
  onDevice: boolean;
}

export interface BlockSizes {
  /** Tokens of a block on the CPU. */
  cpu: number;
  /** Absent where no device is open. */
  device?: { longest: number; states: StateLayout };
}

export interface NextBlock {
  count: number;
  /** The device reads it. */
  onDevice: boolean;
}

export function nextBlock(reading: Reading, { cpu, device }: BlockSizes): NextBlock {
  const { left, length, onDevice } = reading;
  const count = Math.min(left, device?.longest ?? 0);
  const there =
    device !== undefined &&
    left >= (onDevice ? fewestOnDevice : longReading) &&
    crossingBytes(device.states, length + count) <= mostCrossing;
  return there ? { count, onDevice: true } : { count: Math.min(left, cpu), onDevice: false };
}

function crossingBytes(states: StateLayout, length: number): number {
  const shapes = [...stateShapes(states, length).values()];
  return shapes.reduce((sum, shape) => sum + 4 * elementCount(shape), 0);
}
