// A thin line while the connection is being made anew; it goes away by itself.
import { useShown } from "@/lib/useLive";
import styles from "./Connection.module.css";

export function Connection() {
  const lost = useShown(({ status }) => status === "reconnecting");
  return (
    <div role="status" className={styles.connection} data-lost={lost || undefined}>
      {lost && "Reconnecting…"}
    </div>
  );
}
