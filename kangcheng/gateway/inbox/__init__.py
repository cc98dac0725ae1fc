"""What other systems sent: every message kept, taken into the record or waiting for people, corrected and played again."""
