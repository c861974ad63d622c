import { addModel, checkDescription } from '../library/add-model';
import { Library } from '../library/library';
import type { EngineSettings } from '../protocol/engine';
import type { AddModelProgress, AddModelRequest, InstalledModel, ModelOffers } from '../protocol/models';
import type { DataFolder } from './data-folder';
import { listModels } from './model-offers';

/** The models that a window can choose from, and adding one to them. */
export class SessionModels {
  constructor(
    private readonly data: DataFolder,
    private readonly modelsFolder: string,
    private readonly settings: () => Pick<EngineSettings, 'memoryLimit' | 'provider'>,
  ) {}

  list(): Promise<ModelOffers> {
    return listModels(this.data, this.modelsFolder, this.settings());
  }

  /** @throws UserError where a folder's model cannot run, as far as its description tells */
  check(folder: string): void {
    checkDescription(folder);
  }

  add(
    request: AddModelRequest,
    signal: AbortSignal,
    onProgress: (progress: AddModelProgress) => void,
  ): Promise<InstalledModel> {
    return addModel(new Library(this.data.root), { ...request, signal, onProgress });
  }
}
