import path from 'node:path';
import * as vscode from 'vscode';
import { isRepositoryName } from '../../runtime/hub/repository-name';
import { AddModel, AddModelProgressType, ListModels } from '../../runtime/protocol/methods';
import type { AddModelRequest, InstalledModel, ModelOffer } from '../../runtime/protocol/models';
import { converses, modelWords } from '../models/model-words';
import { withModelProgress } from '../models/progress';
import type { CommandHandlers, Services } from '../services';
import type { SettingKey } from '../settings/schema';
import { section } from '../settings/settings';

/** Adding models, and choosing the ones that complete and answer. */
export function modelCommands(services: Services): CommandHandlers {
  const { engine } = services;
  return {
    'longview.addModel': async () => {
      // Nothing is asked, and nothing downloaded, where no engine may run.
      await engine.request(ListModels, undefined);
      const source = await askForSource();
      if (source === 'folder') await addFolder(services);
      if (source === 'hub') await addFromHub(services);
    },
    'longview.selectModel': () => selectModel(services),
    'longview.selectChatModel': () => selectChatModel(services),
  };
}

async function askForSource(): Promise<'folder' | 'hub' | undefined> {
  const choice = await vscode.window.showQuickPick(
    [
      {
        label: vscode.l10n.t('$(folder) From a folder...'),
        detail: vscode.l10n.t('config.json, tokenizer.json and weights, as Hugging Face stores them'),
        source: 'folder' as const,
      },
      {
        label: vscode.l10n.t('$(cloud-download) From a hub...'),
        detail: vscode.l10n.t('Shows size and licence first'),
        source: 'hub' as const,
      },
    ],
    { title: vscode.l10n.t('Add a model') },
  );
  return choice?.source;
}

async function addFolder(services: Services): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: vscode.l10n.t('Add Model'),
  });
  const folder = chosen?.[0]?.fsPath;
  if (folder !== undefined) await add(services, { folder }, path.basename(folder));
}

async function addFromHub(services: Services): Promise<void> {
  const repository = await vscode.window.showInputBox({
    title: vscode.l10n.t('Model on {0}', services.settings.get('models.hub')),
    prompt: vscode.l10n.t('Its name: owner/name'),
    validateInput: (text) =>
      isRepositoryName(text.trim()) ? undefined : vscode.l10n.t('Write owner/name, as the hub does.'),
  });
  if (repository === undefined) return;
  // The hub's client is loaded when it is needed: an editor that starts need not wait for it.
  const { download } = await import('../models/download');
  const downloaded = await download(services, repository.trim());
  if (!downloaded) return;
  const { folder, plan } = downloaded;
  const { revision, licence } = plan;
  const origin = { repository: plan.repository, revision, ...(licence !== undefined && { licence }) };
  await add(services, { folder, origin, move: true }, plan.repository);
}

async function add(services: Services, request: AddModelRequest, label: string): Promise<void> {
  const added = await withModelProgress(vscode.l10n.t('Longview: adding {0}', label), (report, _, token) =>
    services.engine.requestWithProgress(
      AddModel,
      request,
      {
        type: AddModelProgressType,
        // Copying takes far less than compiling, which begins anew.
        report: ({ step, done, total }) => step === 'compiling' && report(done, total),
      },
      token,
    ),
  );
  // It may be the one that the setting names already.
  void services.chosen.refresh();
  await offer(added);
}

async function offer(added: InstalledModel): Promise<void> {
  if (!added.completes) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        '{0} was added. It completes nothing: it comes without a tokeniser, or nothing says where its texts end.',
        added.name,
      ),
    );
    return;
  }
  const use = vscode.l10n.t('Use It');
  const choice = await vscode.window.showInformationMessage(vscode.l10n.t('{0} was added.', added.name), use);
  if (choice === use) await choose(added.name);
}

async function selectModel({ engine, settings }: Services): Promise<void> {
  const offers = await engine.request(ListModels, undefined);
  const current = settings.get('models.completion');
  const items = offers.models.map((model: ModelOffer) => ({
    label: model.name === current ? `$(check) ${model.name}` : model.name,
    ...modelWords(model, offers, vscode.l10n.t),
    model,
  }));
  const choice = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('The model that completes'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!choice) return;
  const { name, problem, completes } = choice.model;
  if (problem !== undefined) throw new Error(problem);
  if (!completes)
    throw new Error(
      vscode.l10n.t('{0} has no longview.json that describes its prompts, so it cannot complete.', name),
    );
  await choose(name);
}

async function selectChatModel({ engine, settings }: Services): Promise<void> {
  const offers = await engine.request(ListModels, undefined);
  const current = settings.get('models.chat');
  const models = offers.models.filter(converses);
  if (models.length === 0) {
    const addModel = vscode.l10n.t('Add Model...');
    const choice = await vscode.window.showInformationMessage(
      vscode.l10n.t(
        'No model is there that can write answers. Add an instruction-tuned one, with a chat template.',
      ),
      addModel,
    );
    if (choice === addModel) await vscode.commands.executeCommand('longview.addModel');
    return;
  }
  const none = { label: vscode.l10n.t('None: show passages alone'), name: '' };
  const items = models.map((model) => ({
    label: model.name === current ? `$(check) ${model.name}` : model.name,
    ...modelWords(model, offers, vscode.l10n.t),
    name: model.name,
  }));
  const choice = await vscode.window.showQuickPick([none, ...items], {
    title: vscode.l10n.t('The model that writes answers'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (choice) await choose(choice.name, 'models.chat');
}

/** The setting belongs to the machine, as the model does. */
function choose(name: string, setting: SettingKey = 'models.completion'): Thenable<void> {
  return vscode.workspace.getConfiguration(section).update(setting, name, vscode.ConfigurationTarget.Global);
}
