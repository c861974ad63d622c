import path from 'node:path';
import { knownModelKey } from '../../models/compiled-cache';
import { messageOf, UserError } from '../../protocol/errors';
import type { EngineAssets } from '../assets';
import type { ModelChoice } from '../model-hosts';
import { cudaEnvironment, findCuda } from './cuda';
import { installedDriver } from './driver';
import type { Finding, Probe, Probed, ProbeRequest } from './finding';
import { runProbe, type RunProbeOptions } from './run-probe';

export type ProbeOptions = Pick<RunProbeOptions, 'signal' | 'onStep'>;

/** Why there is no program that could probe. */
export const notBuilt = 'Only a build of Longview can measure providers; this one runs from its sources.';

/** Probes every provider but the CPU, in processes of their own. */
export class ProviderProbes {
  readonly driver = installedDriver();

  constructor(
    private readonly assets: EngineAssets,
    private readonly cacheFolder: string,
  ) {}

  /** What probes of a model are true of; undefined as long as its weights have not been read. */
  keyOf({ folder, precision, threads, cudaFolder }: ModelChoice): string | undefined {
    const model = knownModelKey(folder, this.cacheFolder, precision);
    if (model === undefined) return undefined;
    const cuda = this.cuda(cudaFolder);
    return JSON.stringify([
      model,
      threads,
      this.assets.runtime?.version,
      this.driver.key,
      'key' in cuda ? cuda.key : '',
    ]);
  }

  /** @throws CancelledError */
  async run(
    { folder, precision, threads, cudaFolder }: ModelChoice,
    options: ProbeOptions,
  ): Promise<Probe[]> {
    const asked = { folder, cacheFolder: this.cacheFolder, precision, threads };
    const webgpu = await this.inProcess({ ...asked, provider: 'webgpu' }, options);
    const cuda = await this.probeCuda({ ...asked, provider: 'cuda' }, cudaFolder, options);
    return [this.found('webgpu', webgpu), this.found('cuda', cuda)];
  }

  private async probeCuda(
    request: ProbeRequest,
    named: string | undefined,
    options: ProbeOptions,
  ): Promise<Finding> {
    const cuda = this.cuda(named);
    if ('reason' in cuda) return cuda;
    const environment = cudaEnvironment(this.assets.runtime!, cuda, path.join(this.cacheFolder, 'cuda'));
    return this.inProcess(request, { ...options, environment });
  }

  private async inProcess(
    request: ProbeRequest,
    options: ProbeOptions & Pick<RunProbeOptions, 'environment'>,
  ): Promise<Finding> {
    const { probePath } = this.assets;
    if (probePath === undefined) throw new UserError(notBuilt);
    return runProbe(request, { ...options, modulePath: probePath });
  }

  private found(provider: Probed, finding: Finding): Probe {
    return { provider, finding, driver: this.driver.name, at: new Date().toISOString() };
  }

  private cuda(named = '') {
    const { runtime } = this.assets;
    if (!runtime) return { reason: 'There is no onnxruntime for this platform.' };
    try {
      return findCuda(runtime, named);
    } catch (error) {
      return { reason: `CUDA's libraries cannot be looked at (${messageOf(error)}).` };
    }
  }
}
