import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const FEATURES = [
  'audit',
  'challenge',
  'changes',
  'checks',
  'configuration',
  'console-login',
  'inventory',
  'notifications',
  'operations',
  'requests',
  'resources',
  'role-life',
  'roles',
  'search',
  'sessions',
];

/** Imports point one way: shared (api, components, lib) -> features -> app; a feature never imports its sibling. */
const zones = [
  {
    target: ['./src/api', './src/components', './src/lib'],
    from: ['./src/features', './src/app'],
    message: 'Shared code knows no feature and no page.',
  },
  { target: './src/features', from: './src/app', message: 'A feature does not know the application around it.' },
  { target: './src/lib', from: './src/components', message: 'lib is without a user interface.' },
  ...FEATURES.map((feature) => ({
    target: `./src/features/${feature}`,
    from: './src/features',
    // Requests are made of changes, which know nothing of requests.
    except: feature === 'requests' ? ['./requests', './changes'] : [`./${feature}`],
    message: 'Features are independent; what two of them need is shared.',
  })),
];

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/api/schema.d.ts'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { 'import-x': importX, 'react-hooks': reactHooks },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.app.json' })] },
    rules: {
      ...reactHooks.configs.recommended.rules,
      'import-x/no-restricted-paths': ['error', { zones, basePath: import.meta.dirname }],
      'import-x/no-cycle': 'error',
      'import-x/no-duplicates': 'error',
      'import-x/no-default-export': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // An import of types alone must vanish from the build, not stay as an import for its effects.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // The house keeps index signatures apart from known keys (tsconfig noPropertyAccessFromIndexSignature).
      '@typescript-eslint/dot-notation': 'off',
      'max-lines': ['error', 300],
      'no-console': 'error',
      'no-restricted-imports': [
        'error',
        {
          patterns: [{ group: ['@/testing/*'], message: 'Only tests use what is made for tests.' }],
          paths: [
            { name: '@cloudscape-design/components', message: 'Import the one component: it keeps the page small.' },
          ],
        },
      ],
      'no-restricted-globals': ['error', { name: 'fetch', message: 'Calls go through the typed client in lib/api.' }],
      'no-restricted-properties': [
        'error',
        {
          object: 'window',
          property: 'open',
          message: 'Use a link: it can be opened, copied and blocked as people like.',
        },
      ],
    },
  },
  { files: ['src/testing/**', 'src/**/*.test.{ts,tsx}'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['vite.config.ts'], rules: { 'import-x/no-default-export': 'off' } },
);
