import type { DoctorItem, EngineSettings, EngineStatus } from '../../protocol/engine';
import type { ProviderChoice } from './choose-provider';
import { isMeasured, nameOf, type Measured, type Probe, type Timings } from './finding';

export interface ProviderFacts {
  /** Absent while the model was not loaded, or where a setting forces the provider. */
  choice: ProviderChoice | undefined;
  probes: readonly Probe[] | undefined;
  /** Why nothing was probed. */
  obstacle: string | undefined;
}

const again = '"Longview: Check Graphics Card Again" measures anew.';

/** What the model runs on and why, and what was found of each provider. Pure. */
export function providerItems(
  { choice, probes, obstacle }: ProviderFacts,
  model: EngineStatus['model'],
  { provider: asked }: Pick<EngineSettings, 'provider'>,
): DoctorItem[] {
  return [
    inUse(choice, model, asked),
    ...(probes ? [...cpuItem(probes), ...probes.map(probeItem)] : [notProbed(asked, obstacle)]),
  ];
}

function inUse(
  choice: ProviderChoice | undefined,
  { provider, fallback }: EngineStatus['model'],
  asked: EngineSettings['provider'],
): DoctorItem {
  const title = 'In use';
  const wanted = nameOf(asked === 'auto' ? (choice?.provider ?? 'cpu') : asked);
  if (fallback !== undefined)
    return {
      level: 'warning',
      title,
      value: `${nameOf(provider ?? 'cpu')}, though ${wanted} was ${asked === 'auto' ? 'chosen' : 'asked for'}`,
      advice: fallback,
    };
  const why = asked === 'auto' ? (choice?.reason ?? 'chosen when the model is loaded') : 'as set';
  if (provider === undefined)
    return { level: 'ok', title, value: `${wanted}, once the model is loaded: ${why}` };
  return { level: 'ok', title, value: `${nameOf(provider)}: ${why}` };
}

/** As it was measured beside another: within one process, so that the two can be compared. */
function cpuItem(probes: readonly Probe[]): DoctorItem[] {
  const measured = probes.map(({ finding }) => finding).find(isMeasured);
  return measured ? [{ level: 'info', title: nameOf('cpu'), value: speeds(measured.cpu) }] : [];
}

function probeItem({ provider, finding, driver, at }: Probe): DoctorItem {
  const title = nameOf(provider);
  const when = `driver: ${driver}; looked at on ${at.slice(0, 16).replace('T', ' at ')} UTC`;
  if (!isMeasured(finding))
    return { level: 'info', title, value: `cannot be used (${when})`, advice: finding.reason };
  return { level: 'info', title, value: `${measurement(finding)} (${when})`, advice: again };
}

function measurement({ precision, error, own }: Measured): string {
  return `${speeds(own)}, in ${precision}; results differ from the CPU's by ${error.toExponential(0)} at most`;
}

function speeds({ readTokensPerSecond, firstTokenMs, msPerToken }: Timings): string {
  return (
    `reads ${Math.round(readTokensPerSecond)} tokens/s, first token after ${firstTokenMs.toFixed(1)} ms, then ` +
    `${msPerToken.toFixed(1)} ms each`
  );
}

function notProbed(asked: EngineSettings['provider'], obstacle: string | undefined): DoctorItem {
  const title = 'Others';
  if (obstacle !== undefined) return { level: 'info', title, value: 'not measured', advice: obstacle };
  const value =
    asked === 'auto'
      ? 'not measured yet: that is done in a quiet moment after a suggestion'
      : `not measured, as "longview.engine.provider" is ${asked}`;
  return { level: 'info', title, value, advice: again };
}
