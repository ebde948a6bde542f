import Alert from '@cloudscape-design/components/alert';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Note } from '@/features/resources/api/resources';

/** What the company's own plugins add. */
export function Notes({ notes }: { notes: readonly Note[] }) {
  return (
    <Alert type="info" header="From your company">
      <SpaceBetween size="xs">
        {notes.map(({ title, text, url }, index) => (
          <div key={index} className="breaking">
            {url === null ? (
              <strong>{title}</strong>
            ) : (
              <Link href={url} external>
                {title}
              </Link>
            )}{' '}
            {text}
          </div>
        ))}
      </SpaceBetween>
    </Alert>
  );
}
