import Button from '@cloudscape-design/components/button';
import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import { dismissFlash, type Flash, flashes } from '@/lib/flashes';
import { useStore } from '@/lib/store';

function item(flash: Flash): FlashbarProps.MessageDefinition {
  const { retry } = flash;
  return {
    id: flash.id,
    type: flash.type,
    header: flash.header,
    content: flash.content,
    dismissible: flash.fixed !== true,
    dismissLabel: 'Dismiss this message',
    ariaRole: flash.type === 'error' || flash.type === 'warning' ? 'alert' : 'status',
    onDismiss: () => dismissFlash(flash.id),
    action:
      retry === undefined ? undefined : (
        <Button
          onClick={() => {
            dismissFlash(flash.id);
            retry();
          }}
        >
          Try again
        </Button>
      ),
  };
}

export function FlashMessages() {
  return <Flashbar items={useStore(flashes).map(item)} />;
}
