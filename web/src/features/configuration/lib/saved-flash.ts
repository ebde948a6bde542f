import type { Saved } from '@/features/configuration/api/configuration';
import type { Flash } from '@/lib/flashes';

/** What a person is told whose document is in force from now on. */
export function savedFlash({ version, applied }: Saved): Flash {
  const follows = applied ? '' : ' Rights are still being changed to follow it; that is finished by itself.';
  return {
    id: 'configuration:saved',
    type: 'success',
    content: `Version ${String(version.number)} is in force. Everything that runs sees it within a minute.${follows}`,
  };
}
