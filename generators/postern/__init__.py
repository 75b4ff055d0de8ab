"""Postern: mail-path log content for Elastic and Splunk, generated from one message catalog."""

__version__ = "0.1.0"
