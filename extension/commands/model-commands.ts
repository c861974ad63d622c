import path from 'node:path';
import * as vscode from 'vscode';
import { isRepositoryName } from '../../runtime/hub/repository-name';
import { AddModel, AddModelProgressType, ListModels } from '../../runtime/protocol/methods';
import type { AddModelRequest, InstalledModel, ModelOffer } from '../../runtime/protocol/models';
import { converses, encodes, modelWords } from '../models/model-words';
import { withModelProgress } from '../models/progress';
import type { CommandHandlers, Services } from '../services';
import type { SettingKey } from '../settings/schema';
import { section } from '../settings/settings';
import { writeSetting } from '../settings/write-setting';

/** Adding models, and choosing the ones that complete, answer and place passages. */
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
    'longview.selectChatModel': () =>
      selectAmong(services, {
        setting: 'models.chat',
        usable: converses,
        title: vscode.l10n.t('The model that writes answers'),
        none: vscode.l10n.t('None: show passages alone'),
        missing: vscode.l10n.t(
          'No model is there that can write answers. Add an instruction-tuned one, with a chat template.',
        ),
      }),
    'longview.selectEncoder': () =>
      selectAmong(services, {
        setting: 'models.encoder',
        usable: encodes,
        title: vscode.l10n.t('The encoder that places passages by their meaning'),
        none: vscode.l10n.t('None: find passages by their words alone'),
        missing: vscode.l10n.t('No encoder is there. Add one, with its tokenizer.json.'),
      }),
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
  if (encodes(added)) {
    await offerUse(
      added,
      vscode.l10n.t(
        '{0} was added. It is an encoder: questions can go by the meaning of passages.',
        added.name,
      ),
      'models.encoder',
    );
    return;
  }
  if (!added.completes) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        '{0} was added. It completes nothing: it comes without a tokeniser, or nothing says where its texts end.',
        added.name,
      ),
    );
    return;
  }
  await offerUse(added, vscode.l10n.t('{0} was added.', added.name), 'models.completion');
}

async function offerUse({ name }: InstalledModel, text: string, setting: SettingKey): Promise<void> {
  const use = vscode.l10n.t('Use It');
  if ((await vscode.window.showInformationMessage(text, use)) === use) await choose(name, setting);
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
  if (encodes(choice.model))
    throw new Error(
      vscode.l10n.t(
        '{0} is an encoder, so it cannot complete. "Longview: Select Encoder..." chooses it.',
        name,
      ),
    );
  if (!completes)
    throw new Error(
      vscode.l10n.t('{0} has no longview.json that describes its prompts, so it cannot complete.', name),
    );
  await choose(name, 'models.completion');
}

/** A model for a purpose that not every model serves, and that can be done without. */
interface Purpose {
  setting: 'models.chat' | 'models.encoder';
  usable: (model: ModelOffer) => boolean;
  title: string;
  none: string;
  /** Said where no model is usable. */
  missing: string;
}

async function selectAmong({ engine, settings }: Services, purpose: Purpose): Promise<void> {
  const offers = await engine.request(ListModels, undefined);
  const current = settings.get(purpose.setting);
  const models = offers.models.filter(purpose.usable);
  if (models.length === 0) {
    const addModel = vscode.l10n.t('Add Model...');
    const choice = await vscode.window.showInformationMessage(purpose.missing, addModel);
    if (choice === addModel) await vscode.commands.executeCommand('longview.addModel');
    return;
  }
  const none = { label: purpose.none, name: '' };
  const items = models.map((model) => ({
    label: model.name === current ? `$(check) ${model.name}` : model.name,
    ...modelWords(model, offers, vscode.l10n.t),
    name: model.name,
  }));
  const choice = await vscode.window.showQuickPick([none, ...items], {
    title: purpose.title,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (choice) await choose(choice.name, purpose.setting);
}

/** The setting belongs to the machine, as the model does. */
function choose(name: string, setting: SettingKey): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(section);
  return writeSetting(configuration, setting, name, vscode.ConfigurationTarget.Global);
}
