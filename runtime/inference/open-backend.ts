import type { Backend, BackendOptions } from './backend';
import { DeviceBackend } from './device-backend';
import { LocalBackend } from './local-backend';

/** In the thread that calls: states live where the model's graph keeps them. */
export function openBackend(options: BackendOptions): Promise<Backend> {
  return options.states.onDevice ? DeviceBackend.open(options) : LocalBackend.open(options);
}
