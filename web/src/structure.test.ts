import { describe, expect, it } from 'vitest';

const SOURCES = import.meta.glob<string>('/src/**/*.{ts,tsx,css}', { query: '?raw', import: 'default', eager: true });

describe('the sources', () => {
  it('have names in kebab case', () => {
    const odd = Object.keys(SOURCES).filter(
      (path) => !/^(\/[a-z0-9]+(-[a-z0-9]+)*)+(\.test|\.d)?\.(ts|tsx|css)$/.test(path),
    );
    expect(odd).toEqual([]);
  });

  it('load nothing from elsewhere', () => {
    const loading = /(?:import|from|src=|url\(|@import)\s*\(?["']?https?:/;
    const odd = Object.entries(SOURCES).filter(([path, text]) => !path.includes('.test.') && loading.test(text));
    expect(odd.map(([path]) => path)).toEqual([]);
  });

  it('are not re-exported by index files', () => {
    expect(Object.keys(SOURCES).filter((path) => /\/index\.tsx?$/.test(path))).toEqual([]);
  });
});
