import type { SilenceReason } from '../../runtime/protocol/completion';
import { documentSizeLimit, isReadScheme } from '../engine/document-filter';

export interface GateInput {
  trusted: boolean;
  enabled: boolean;
  snoozed: boolean;
  /** `longview.completion.trigger` for this document. */
  trigger: 'automatic' | 'manual' | 'off';
  /** The user asked by hand. */
  explicit: boolean;
  scheme: string;
  cursors: number;
  languageId: string;
  /** Languages that the model knows; undefined while it has not said so. */
  languages: readonly string[] | undefined;
  /** UTF-16 units. */
  length: number;
  engineFailed: boolean;
}

/** Why a completion must not even be asked for; undefined when it may. The cheapest checks that settle most come first. */
export function closedGate(input: GateInput): SilenceReason | undefined {
  if (!input.trusted) return 'untrusted';
  if (!input.enabled) return 'disabled';
  if (!isReadScheme(input.scheme)) return 'scheme';
  if (input.trigger === 'off') return 'language-off';
  if (!input.explicit) {
    if (input.snoozed) return 'snoozed';
    if (input.trigger === 'manual') return 'manual-only';
  }
  if (input.cursors > 1) return 'multi-cursor';
  if (input.languages && !input.languages.includes(input.languageId)) return 'language-unknown';
  if (input.length > documentSizeLimit) return 'file-too-large';
  return input.engineFailed ? 'engine-failed' : undefined;
}
