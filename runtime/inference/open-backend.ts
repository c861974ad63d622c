import type { Backend, BackendOptions } from './backend';
import { DeviceBackend } from './device-backend';
import { LocalBackend } from './local-backend';
import { MixedBackend } from './mixed-backend';

/** In the thread that calls: states live where the model's graph keeps them. */
export async function openBackend(options: BackendOptions): Promise<Backend> {
  if (options.states.onDevice) return DeviceBackend.open(options);
  const local = await LocalBackend.open(options);
  return options.mixed ? new MixedBackend(local) : local;
}
