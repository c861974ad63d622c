import { Library } from '../../library/library';
import { isRandomModel, randomConfig } from '../../models/random-model';
import type { InstalledModel } from '../../protocol/models';
import { defaultDataFolder } from '../data-folder';
import { UsageError, parse, type CommonValues } from '../options';
import { megabytes, print, printJson, table } from '../output';
import type { Command } from './index';

export const libraryOf = ({ data }: CommonValues): Library => new Library(data ?? defaultDataFolder());

export const modelsList: Command = {
  name: 'models list',
  usage: 'models list [--json]',
  summary: 'The models that were added.',
  async run(args) {
    const { values } = parse(args, {});
    const models = await libraryOf(values).list();
    if (values.json) {
      printJson(models);
      return;
    }
    if (models.length === 0) {
      print('No models were added. The embedded one is always there: striped-code.');
      return;
    }
    const rows = models.map((model) => [
      model.name,
      model.family,
      model.parameters && millions(model.parameters),
      megabytes(model.bytesOnDisk),
      model.licence,
      use(model),
    ]);
    print(table([['name', 'family', 'parameters', 'on disk', 'licence', ''], ...rows]));
  },
};

export const modelsInfo: Command = {
  name: 'models info',
  usage: 'models info NAME [--json]',
  summary: 'What is known of a model that was added.',
  details:
    'Of random:SHAPE and random:SHAPE.transformer it prints config.json, for other programs to measure the same shape.',
  async run(args) {
    const { values, positionals } = parse(args, {});
    const name = nameOf(positionals);
    if (isRandomModel(name)) {
      printJson(randomConfig(name));
      return;
    }
    const model = await libraryOf(values).find(name);
    if (values.json) {
      printJson(model);
      return;
    }
    const { family, parameters, bytesOnDisk, weightBytes, memoryBytes } = model;
    const { licence, repository, revision, languages, roles, verified } = model;
    const rows: [string, string | undefined][] = [
      ['name', model.name],
      ['folder', model.folder],
      ['family', family],
      ['parameters', parameters && millions(parameters)],
      ['on disk', megabytes(bytesOnDisk)],
      ['compiled weights', weightBytes && megabytes(weightBytes)],
      ['memory, at least', memoryBytes && megabytes(memoryBytes)],
      ['made for', roles?.join(', ')],
      ['compared with the original', verified ? 'yes' : 'no'],
      ['licence', licence],
      ['from', repository && `${repository}@${revision ?? ''}`],
      ['languages', languages.join(', ') || undefined],
      ['use', use(model)],
      [
        'chat',
        model.encodes
          ? undefined
          : model.chats
            ? 'has a chat template'
            : 'no chat template: it cannot converse',
      ],
    ].map(([label, value]) => [label!, value || undefined] as [string, string | undefined]);
    print(table(rows.filter(([, value]) => value !== undefined)));
  },
};

export const modelsRemove: Command = {
  name: 'models remove',
  usage: 'models remove NAME',
  summary: 'Deletes a model that was added, its compiled form included.',
  async run(args) {
    const { values, positionals } = parse(args, {});
    const name = nameOf(positionals);
    print(`removed ${name}: ${megabytes(await libraryOf(values).remove(name))}`);
  },
};

function nameOf(positionals: readonly string[]): string {
  if (!positionals[0]) throw new UsageError('The name of a model is missing.');
  return positionals[0];
}

const millions = (parameters: number): string => `${(parameters / 1e6).toFixed(1)} M`;

function use({ problem, completes, completesFrom, encodes }: InstalledModel): string {
  if (problem) return problem;
  if (encodes) return 'vectors of passages, for questions: --encoder, or longview.models.encoder';
  if (!completes) return 'measurements alone: no tokeniser and longview.json';
  return completesFrom === 'prefix'
    ? 'completions, from what stands before the cursor alone: it was not trained to fill in the middle'
    : 'completions';
}
