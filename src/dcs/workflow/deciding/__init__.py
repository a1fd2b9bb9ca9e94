"""What each event makes of an approval, in the order of its stages; `dcs.workflow.approval` joins them."""
