import { useEffect, useRef, useState } from 'preact/hooks';

/** Whether an element has come near the screen; what it shows is loaded only then. */
export function useVisible<Shown extends Element>() {
  const element = useRef<Shown>(null);
  const [isVisible, setVisible] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setVisible(true);
      },
      { rootMargin: '200px' },
    );
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return { element, isVisible };
}
