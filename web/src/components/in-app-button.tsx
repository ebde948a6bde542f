import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import { useNavigate } from 'react-router';

type Props = Pick<ButtonProps, 'children' | 'variant' | 'ariaLabel'> & { to: string };

/** A button that leads to a page of ours: a plain click moves without a reload, everything else is the browser's own. */
export function InAppButton({ to, ...rest }: Props) {
  const navigate = useNavigate();
  return (
    <Button
      {...rest}
      href={to}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(to);
      }}
    />
  );
}
