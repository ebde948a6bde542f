import Markdown from 'react-markdown';

const ALLOWED = ['p', 'strong', 'em', 'code', 'ul', 'ol', 'li', 'a', 'br'];

/** A small part of Markdown: no HTML, no pictures, no headings; links open elsewhere and only to web addresses. */
export function SafeMarkdown({ text }: { text: string }) {
  return (
    <Markdown
      allowedElements={ALLOWED}
      unwrapDisallowed
      skipHtml
      components={{
        a: ({ href, children }) => (
          <a href={href} target="_blank" rel="noopener noreferrer">
            {children}
          </a>
        ),
      }}
    >
      {text}
    </Markdown>
  );
}
