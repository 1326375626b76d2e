"""Models on disk: conversion, cards, verification, and what is installed."""
