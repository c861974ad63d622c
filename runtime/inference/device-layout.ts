/** The tensors that make up a state on a device. */
import { keptOnDevice, type StateLayout } from '../graph/states';

/** Names of the tensors that make up a state, by the input that takes them; the output that gives each has `.next` behind. */
export function stateTensors({ recurrent, windows }: StateLayout): string[] {
  const ofWindows = windows.flatMap(({ name }) => [`${name}.keys`, `${name}.values`]);
  return [...recurrent.map(({ name }) => name), ...ofWindows];
}

/** The outputs that give them. */
export function nextTensors(layout: StateLayout): string[] {
  return stateTensors(layout).map((name) => `${name}.next`);
}

/** The shape of each at some length. */
export function stateShapes({ recurrent, windows }: StateLayout, length: number): Map<string, number[]> {
  const ofWindows = windows.flatMap(({ name, window, keyValueHeads, headSize }): [string, number[]][] => {
    const shape = [1, keyValueHeads, keptOnDevice(window, length), headSize];
    return [
      [`${name}.keys`, shape],
      [`${name}.values`, shape],
    ];
  });
  return new Map([...recurrent.map(({ name, shape }): [string, number[]] => [name, shape]), ...ofWindows]);
}
