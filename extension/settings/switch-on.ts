import * as vscode from 'vscode';
import { settingTarget } from './setting-target';
import { section } from './settings';
import { writeSetting } from './write-setting';

/** Switches Longview or its index on. Where it is on already nothing changes, so that a second click does no harm. */
export async function switchOn(key: 'enabled' | 'index.enabled'): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(section);
  await writeSetting(configuration, key, true, settingTarget(configuration.inspect(key)));
}
