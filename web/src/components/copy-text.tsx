import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';

interface Props {
  text: string;
  /** What is copied: "role ARN". */
  what: string;
}

/** A copy icon beside a text that stands elsewhere. */
export function CopyText({ text, what }: Props) {
  return (
    <CopyToClipboard
      variant="icon"
      textToCopy={text}
      copyButtonAriaLabel={`Copy ${what}`}
      copySuccessText={`The ${what} is in your clipboard.`}
      copyErrorText={`The browser did not let us copy the ${what}.`}
    />
  );
}
