import Box from '@cloudscape-design/components/box';
import Icon from '@cloudscape-design/components/icon';

export function LaptopNote() {
  return (
    <aside aria-label="Laptop mode" className="laptop-note">
      <Box textAlign="center" fontSize="body-s" padding={{ vertical: 'xxs', horizontal: 's' }}>
        <Icon name="status-info" variant="normal" size="small" /> Laptop mode: state lives in memory and is gone when
        you stop it.
      </Box>
    </aside>
  );
}
