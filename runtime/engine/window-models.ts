import type { EngineSettings, InitializeParams } from '../protocol/engine';
import { chatChoice, encoderChoice, modelChoice, type ModelChoice } from './model-hosts';

/** The models that a window has chosen, by its settings as they are now. */
export class WindowModels {
  private current: InitializeParams;
  private completing: ModelChoice;

  constructor(params: InitializeParams) {
    this.current = params;
    this.completing = modelChoice(params);
  }

  get settings(): EngineSettings {
    return this.current.settings;
  }

  set settings(settings: EngineSettings) {
    this.current = { ...this.current, settings };
    this.completing = modelChoice(this.current);
  }

  get completion(): ModelChoice {
    return this.completing;
  }

  /** Looked up anew each time: a model that was named before it was added is found once it is there. */
  get chat(): ModelChoice | undefined {
    return chatChoice(this.current);
  }

  /** Looked up anew each time, as `chat`. */
  get encoder(): ModelChoice | undefined {
    return encoderChoice(this.current);
  }

  /** Those that read and write: they share the memory for states. */
  get reading(): ModelChoice[] {
    return [this.completing, this.chat].filter((choice) => choice !== undefined);
  }
}
