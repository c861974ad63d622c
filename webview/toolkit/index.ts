/**
 * The only file that knows which component library draws our buttons, fields and spinners. It registers exactly what
 * is used; a later library has to offer these three elements under the same names, and nothing else changes.
 */
import { endStyleProbe } from './style-probe';
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';

export type ButtonAppearance = 'primary' | 'secondary' | 'icon';

/** What the views use of a text field. */
export interface TextFieldElement extends HTMLElement {
  value: string;
}

export function registerComponents(): void {
  endStyleProbe();
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextField(), vsCodeProgressRing());
}
