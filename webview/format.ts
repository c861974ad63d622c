/** Figures as people read them. */
import { language } from './translate';

const grouped = new Intl.NumberFormat(language);

export const count = (value: number): string => grouped.format(value);

/** @param share 0..1. Never 100 % before all is done, never 0 % once something is. */
export function percent(share: number): string {
  if (!(share > 0)) return '0\u00a0%';
  if (share >= 1) return '100\u00a0%';
  return `${Math.min(99, Math.max(1, Math.round(share * 100)))}\u00a0%`;
}

export function duration(ms: number): string {
  if (ms > 0 && ms < 0.95) return '<\u00a01\u00a0ms';
  if (ms < 999.5) return `${Math.round(ms)}\u00a0ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}\u00a0s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}\u00a0min ${seconds % 60}\u00a0s`;
}

/** The last part of a path and the folder before it, without the slash between. */
export function splitPath(displayPath: string): { folder: string; name: string } {
  const slash = displayPath.lastIndexOf('/');
  return { folder: slash < 0 ? '' : displayPath.slice(0, slash), name: displayPath.slice(slash + 1) };
}
