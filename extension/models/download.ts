import path from 'node:path';
import * as vscode from 'vscode';
import { HubAccessError, type HubOptions } from '../../runtime/hub/connection';
import { downloadModel } from '../../runtime/hub/download';
import { planDownload } from '../../runtime/hub/plan';
import { CheckModel } from '../../runtime/protocol/methods';
import { downloadsFolderName, modelsFolderName, type HubPlan } from '../../runtime/protocol/models';
import type { Services } from '../services';
import { HubToken } from './hub-token';
import { planWords } from './model-words';
import { withModelProgress } from './progress';

/** A model that was downloaded, not yet added. */
export interface Downloaded {
  plan: HubPlan;
  folder: string;
}

/**
 * Shows what a repository would bring, asks, and downloads it. This happens in the editor's process, where `fetch`
 * goes through the editor's proxy with the editor's certificates.
 * @returns undefined where the user does not want it
 */
export async function download(services: Services, repository: string): Promise<Downloaded | undefined> {
  const { context, engine, settings } = services;
  const hub = settings.get('models.hub');
  const token = new HubToken(context.secrets, hub);
  const plan = await planWithToken(repository, hub, token);
  if (!plan) return undefined;
  const start = vscode.l10n.t('Download');
  const choice = await vscode.window.showInformationMessage(
    vscode.l10n.t('Download {0}?', repository),
    { modal: true, detail: planWords(plan, hub, vscode.l10n.t) },
    start,
  );
  if (choice !== start) return undefined;
  const downloads = path.join(context.globalStorageUri.fsPath, modelsFolderName, downloadsFolderName);
  const access = await token.get();
  const folder = await withModelProgress(
    vscode.l10n.t('Longview: downloading {0}', repository),
    (report, signal) =>
      downloadModel(plan, {
        ...options(hub, access, signal),
        downloads,
        check: (described) => engine.request(CheckModel, { folder: described }),
        onProgress: report,
      }),
  );
  return { plan, folder };
}

/** Asks for a token where the hub wants one, until it is content or the user gives up. */
async function planWithToken(repository: string, hub: string, token: HubToken): Promise<HubPlan | undefined> {
  for (;;) {
    try {
      const access = await token.get();
      return await withModelProgress(vscode.l10n.t('Longview: looking for {0}', repository), (_, signal) =>
        planDownload(repository, options(hub, access, signal)),
      );
    } catch (error) {
      if (!(error instanceof HubAccessError)) throw error;
      if (!(await token.ask(error.message))) return undefined;
    }
  }
}

function options(hub: string, token: string | undefined, signal: AbortSignal): HubOptions {
  return { hub, ...(token && { token }), signal };
}
