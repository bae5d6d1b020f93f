#!/bin/sh
# What became of a job of Slurm's: running, success or failed. Usage: status.sh JOB
# A controller that does not answer is no failure of the job: it is asked again.
state=$(squeue --noheader --states=all --format=%T --jobs="$1" 2>&1) || case $state in
  *"Invalid job id"*) state=GONE ;;
  *) state=UNKNOWN ;;
esac
case $state in
  COMPLETED) echo success ;;
  BOOT_FAIL | CANCELLED | DEADLINE | FAILED | GONE | NODE_FAIL | OUT_OF_MEMORY | PREEMPTED | TIMEOUT) echo failed ;;
  *) echo running ;;
esac
