import Link, { type LinkProps } from '@cloudscape-design/components/link';
import { useNavigate } from 'react-router';

type Props = Pick<LinkProps, 'children' | 'fontSize' | 'variant' | 'ariaLabel'> & { to: string };

/** A link within the page: a plain click moves without a reload, everything else is the browser's own. */
export function InAppLink({ to, ...rest }: Props) {
  const navigate = useNavigate();
  return (
    <Link
      {...rest}
      href={to}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(to);
      }}
    />
  );
}
