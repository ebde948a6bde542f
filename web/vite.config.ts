import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const SERVICE = process.env['CONSOLEME_DEV_SERVICE'] ?? 'http://127.0.0.1:8000';
const SERVICE_PATHS = ['/api', '/auth', '/noauth', '/local', '/healthcheck'];

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  build: {
    target: 'es2022',
    // A content security policy may forbid data: and inline scripts; every asset is a file of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(SERVICE_PATHS.map((path) => [path, { target: SERVICE }])),
  },
  test: {
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'https://consoleme.example/' } },
    setupFiles: ['src/testing/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    css: false,
    restoreMocks: true,
    // The components load once per worker; src/testing/setup.ts puts back what a test changed.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    // As patient as what waits for the page (src/testing/setup.ts).
    expect: { poll: { timeout: 15_000 } },
    server: { deps: { inline: [/@cloudscape-design/] } },
  },
});
