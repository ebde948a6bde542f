import Button from '@cloudscape-design/components/button';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import Textarea from '@cloudscape-design/components/textarea';
import { CopyText } from '@/components/copy-text';

interface Props {
  title: string;
  text: string;
  onDone: () => void;
}

/** Where the browser lets no page write to the clipboard by itself. The text goes when the window closes. */
export function CopyByHandModal({ title, text, onDone }: Props) {
  return (
    <Modal
      visible
      header={title}
      onDismiss={onDone}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onDone}>
            Done
          </Button>
        </Box>
      }
    >
      <FormField
        label="Your browser did not let this page write to the clipboard"
        description="Copy the text here. It is forgotten when you close this window."
        secondaryControl={<CopyText text={text} what="text" />}
        stretch
      >
        <Textarea value={text} readOnly rows={6} ariaLabel={title} />
      </FormField>
    </Modal>
  );
}
