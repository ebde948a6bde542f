import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';

interface Props {
  user: string | null;
  onChoose: (user: string | null) => void;
}

/** For administrators: anybody's sessions. */
export function WhoseSessions({ user, onChoose }: Props) {
  const [name, setName] = useState(user ?? '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChoose(name.trim() === '' ? null : name.trim());
      }}
    >
      <FormField
        label="Whose sessions"
        description="As an administrator you may end anybody's. Empty for your own."
        secondaryControl={<Button>Show</Button>}
      >
        <Input
          value={name}
          inputMode="email"
          autoComplete={false}
          spellcheck={false}
          placeholder="user@example.com"
          onChange={({ detail }) => setName(detail.value)}
        />
      </FormField>
    </form>
  );
}
