import { ConfigurationTarget } from 'vscode';

/** Where a setting is to be written so that the write takes effect: where its present value comes from. */
export function settingTarget(inspected: { workspaceValue?: unknown } | undefined): ConfigurationTarget {
  return inspected?.workspaceValue === undefined ? ConfigurationTarget.Global : ConfigurationTarget.Workspace;
}
