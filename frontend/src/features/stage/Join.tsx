// How to join, as large as the wall: shown before anybody has joined, and when the host wants it.
import { QrCode } from "@/components/QrCode";
import styles from "./Join.module.css";

const address = (code: string) => `${window.location.origin}/watch/${code}`;

export function Join({ code }: { code: string }) {
  return (
    <div className={styles.join}>
      <QrCode text={address(code)} label={`QR code of ${address(code)}`} className={styles.picture} />
      <div className={styles.ways}>
        <p className={styles.lead}>Watch on your phone</p>
        <p className={styles.address}>{window.location.host}/watch</p>
        <p className={styles.code}>{code}</p>
      </div>
    </div>
  );
}

/** The same in the corner, for those who come late. */
export function Corner({ code, large }: { code: string; large: boolean }) {
  return (
    <div className={styles.corner} data-large={large || undefined}>
      <div>
        <p className={styles.cornerAddress}>{window.location.host}/watch</p>
        <p className={styles.cornerCode}>{code}</p>
      </div>
      <QrCode text={address(code)} label={`QR code of ${address(code)}`} className={styles.cornerPicture} />
    </div>
  );
}
