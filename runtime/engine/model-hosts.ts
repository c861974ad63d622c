import type { InitializeParams } from '../protocol/engine';
import { modelFolder, threadsOf } from './model-choice';
import type { ModelHost } from './model-host';

/** All that makes a model in memory another one. */
export interface ModelChoice {
  name: string;
  folder: string;
  provider: InitializeParams['settings']['provider'];
  threads: number;
  precision: InitializeParams['precision'];
  /** Where CUDA's libraries may lie; makes no other model. */
  cudaFolder?: string;
}

type Choosing = Pick<InitializeParams, 'settings' | 'modelsFolder' | 'dataFolder' | 'precision'>;

/** The model that completes. */
export const modelChoice = (params: Choosing): ModelChoice =>
  choiceOf(params.settings.completionModel, params);

/** The model that converses; undefined where none was chosen. */
export function chatChoice(params: Choosing): ModelChoice | undefined {
  const { chatModel = '' } = params.settings;
  return chatModel === '' ? undefined : choiceOf(chatModel, params);
}

/** The encoder; undefined where none was chosen. It runs on the CPU. */
export function encoderChoice(params: Choosing): ModelChoice | undefined {
  const { encoderModel = '' } = params.settings;
  return encoderModel === '' ? undefined : { ...choiceOf(encoderModel, params), provider: 'cpu' };
}

function choiceOf(name: string, { settings, modelsFolder, dataFolder, precision }: Choosing): ModelChoice {
  return {
    name,
    folder: modelFolder(name, modelsFolder, dataFolder),
    provider: settings.provider,
    threads: threadsOf(settings.threads),
    precision,
    cudaFolder: settings.cudaFolder,
  };
}

/** The models of all windows: those that choose alike share one. */
export class ModelHosts<Host extends { dispose(): Promise<void> } = ModelHost> {
  private readonly hosts = new Map<string, Host>();

  constructor(private readonly create: (choice: ModelChoice) => Host) {}

  get all(): Host[] {
    return [...this.hosts.values()];
  }

  for(choice: ModelChoice): Host {
    const key = keyOf(choice);
    let host = this.hosts.get(key);
    if (!host) this.hosts.set(key, (host = this.create(choice)));
    return host;
  }

  /** Lets all models go that none of `choices` names. */
  async keepOnly(choices: readonly ModelChoice[]): Promise<void> {
    const kept = new Set(choices.map(keyOf));
    const gone = [...this.hosts].filter(([key]) => !kept.has(key));
    for (const [key] of gone) this.hosts.delete(key);
    await Promise.all(gone.map(([, host]) => host.dispose()));
  }
}

/** The same for choices of the same model. */
export function keyOf({ name, folder, provider, threads, precision }: ModelChoice): string {
  return JSON.stringify([name, folder, provider, threads, precision]);
}
