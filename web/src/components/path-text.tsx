import { Fragment } from 'react';

/** A path that breaks after its slashes before it breaks within a name. */
export function PathText({ path }: { path: string }) {
  const steps = path.split('/');
  return (
    <span className="path">
      {steps.map((step, index) => (
        <Fragment key={index}>
          {step}
          {index < steps.length - 1 && (
            <>
              /<wbr />
            </>
          )}
        </Fragment>
      ))}
    </span>
  );
}
