import path from 'node:path';
import type { Provider } from '../graph/context';
import { weightsFile } from '../models/compile';
import type { ReadyModel } from '../models/model-folder';
import { SafetensorsFile } from '../models/safetensors';
import { measureDevice } from './device-speed';
import { dispatchesPerToken } from './dispatches';
import { floorsOf, touchedState, touchedWeights, type Floors } from './floors';

/** Holds decoding times against what the device could do at best: once per model, whatever the lengths. */
export async function measureFloors(
  model: ReadyModel,
  provider: Provider,
  threads: number,
): Promise<(speed: { after: number; msPerToken: number }) => Floors> {
  const device = await measureDevice(provider, threads);
  const dispatches = provider === 'cpu' ? undefined : await dispatchesPerToken(model, provider);
  const weightBytes = touchedWeights(storedBytes(model), model.description, provider);
  return ({ after, msPerToken }) => {
    const stateBytes = touchedState(model.states, after);
    return floorsOf(msPerToken, device, { weightBytes, stateBytes, dispatches });
  };
}

function storedBytes({ graphPath }: ReadyModel): Map<string, number> {
  const file = SafetensorsFile.open(path.join(path.dirname(graphPath), weightsFile));
  file.close();
  return new Map([...file.tensors].map(([name, { start, end }]) => [name, end - start]));
}
