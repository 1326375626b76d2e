"""The small window that shows a dictation while another application is in front."""
