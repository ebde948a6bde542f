import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { readStored, removeStored, writeStored } from '@/lib/browser-storage';
import { createStore, useStore } from '@/lib/store';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'consoleme.theme';
const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');

function load(): Theme {
  const stored = readStored(localStorage, KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

const theme = createStore<Theme>(load());

function apply(): void {
  const chosen = theme.get();
  applyMode((chosen === 'system' ? systemIsDark.matches : chosen === 'dark') ? Mode.Dark : Mode.Light);
}

/** Follows the system until somebody chooses. */
export function startTheme(): void {
  apply();
  systemIsDark.addEventListener('change', apply);
}

export function chooseTheme(next: Theme): void {
  if (next === 'system') removeStored(localStorage, KEY);
  else writeStored(localStorage, KEY, next);
  theme.set(next);
  apply();
}

export function useTheme(): Theme {
  return useStore(theme);
}
