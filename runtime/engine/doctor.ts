import { cpus, totalmem } from 'node:os';
import type { DoctorItem, DoctorReport, EngineSettings, EngineStatus } from '../protocol/engine';
import type { IndexStatus } from '../protocol/index-status';

export interface DoctorFacts {
  version: string;
  pid: number;
  /** That share the engine, the one that asks included. */
  windows: number;
  settings: EngineSettings;
  status: EngineStatus;
  index: IndexStatus;
  folders: string[];
  dataFolder: string;
  dataSizes: { index: number; cache: number; summaries: number; states: number };
  modelFolder: string;
  /** Absent while no model is in memory. */
  weightBytes: number | undefined;
  threads: number;
  /** The model for answers, where one is chosen. */
  chat?: EngineStatus['model'];
}

const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Explains what runs where and why, where data lies and how large it is. Pure: facts in, report out. */
export function doctorReport(facts: DoctorFacts): DoctorReport {
  return {
    sections: [
      { title: 'Engine', items: engineItems(facts) },
      { title: 'Model', items: modelItems(facts) },
      { title: 'Index', items: indexItems(facts) },
      { title: 'Data', items: dataItems(facts) },
    ],
  };
}

function engineItems({ version, pid, windows, threads, status, settings }: DoctorFacts): DoctorItem[] {
  const { residentMB, statesMB, limitMB } = status.memory;
  return [
    {
      level: 'ok',
      title: 'Process',
      value: `Longview ${version}, process ${pid}, Node ${process.versions.node}`,
    },
    {
      level: 'info',
      title: 'Editor windows',
      value: windows === 1 ? 'one, this one' : `${windows} share this engine, its model and its memory`,
    },
    {
      level: 'info',
      title: 'Machine',
      value: `${process.platform} ${process.arch}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${mb(totalmem())} memory`,
    },
    {
      level: 'info',
      title: 'Threads',
      value: settings.threads === 0 ? `${threads} (half the cores)` : `${threads}, as set`,
    },
    {
      level: residentMB > limitMB ? 'warning' : 'ok',
      title: 'Memory',
      value: `${Math.round(residentMB)} MB resident, ${Math.round(statesMB)} MB of it states; limit ${limitMB} MB for all windows`,
      ...(residentMB > limitMB && { advice: 'Raise "longview.engine.memoryLimit", or close windows.' }),
    },
  ];
}

function modelItems(facts: DoctorFacts): DoctorItem[] {
  const { status, modelFolder, weightBytes, settings } = facts;
  const { model } = status;
  const items: DoctorItem[] = [
    {
      level: model.state === 'failed' ? 'error' : 'ok',
      title: model.name,
      value: model.error ?? describeState(model),
      ...(model.error && { advice: 'Restart the engine after mending it ("Longview: Restart Engine").' }),
    },
    {
      level: 'info',
      title: 'Files',
      value: weightBytes === undefined ? modelFolder : `${modelFolder} (${mb(weightBytes)} of weights held)`,
    },
    { level: 'info', title: 'Languages', value: model.languages.join(', ') || 'unknown until it is loaded' },
    providerItem(model, settings),
  ];
  if (model.state === 'ready')
    items.push({
      level: 'info',
      title: 'Kept states',
      value: `${status.kept.states} in memory, which hold ${status.kept.tokens} tokens; ${status.kept.savedStates} on disk (${status.kept.savedMB.toFixed(1)} MB)`,
    });
  const { chat } = facts;
  if (chat)
    items.push({
      level: chat.state === 'failed' ? 'error' : 'info',
      title: 'Answers',
      value: `${chat.name}: ${chat.error ?? describeState(chat)}`,
      ...(chat.error && { advice: 'Choose another model in "longview.models.chat", or none.' }),
    });
  return items;
}

function providerItem({ provider, fallback }: EngineStatus['model'], settings: EngineSettings): DoctorItem {
  const title = 'Provider';
  const asked = settings.provider === 'auto' ? 'cpu' : settings.provider;
  if (fallback !== undefined)
    return { level: 'warning', title, value: `${provider}, though ${asked} was asked for`, advice: fallback };
  return { level: 'ok', title, value: provider ?? `${asked}, once the model is loaded` };
}

function describeState(model: EngineStatus['model']): string {
  switch (model.state) {
    case 'ready':
      return `ready, ${model.precision} on ${model.provider}, loaded in ${Math.round(model.loadMs ?? 0)} ms`;
    case 'loading':
      return 'loading';
    default:
      return 'not in memory; loaded by the next request';
  }
}

function indexItems({ index, folders, settings }: DoctorFacts): DoctorItem[] {
  if (!settings.indexEnabled) {
    return [
      {
        level: 'info',
        title: 'Index',
        value: 'off',
        advice: 'Switch "longview.index.enabled" on to ask about the workspace.',
      },
    ];
  }
  if (folders.length === 0) return [{ level: 'info', title: 'Index', value: 'no folder is open' }];
  return [
    { level: 'info', title: 'Folders', value: folders.join(', ') },
    {
      level: index.state === 'failed' ? 'error' : 'ok',
      title: 'State',
      value: `${index.state}: ${index.filesDone} of ${index.filesTotal} files, ${index.chunks} passages, ${mb(index.bytesOnDisk)} on disk`,
      ...(index.reason && { advice: index.reason }),
    },
  ];
}

function dataItems({ dataFolder, dataSizes }: DoctorFacts): DoctorItem[] {
  const total = dataSizes.index + dataSizes.cache + dataSizes.summaries + dataSizes.states;
  return [
    { level: 'info', title: 'Folder', value: dataFolder },
    {
      level: 'info',
      title: 'Size',
      value: `${mb(total)}: index ${mb(dataSizes.index)}, compiled models ${mb(dataSizes.cache)}, summaries ${mb(dataSizes.summaries)}, states ${mb(dataSizes.states)}`,
      advice: '"Longview: Clear Saved Data" deletes all of it.',
    },
    { level: 'ok', title: 'Network', value: 'none: nothing leaves this machine' },
  ];
}
